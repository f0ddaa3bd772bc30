/**
 * The services by which machines are administered: whoever reaches one of these and has a password, a key or a bug, has the
 * machine. SSH, Telnet, Docker's API, RDP (over udp too), VNC, WinRM. Ports that clusters use among themselves (SMB, RPC,
 * kubelet) are left out, or every cluster would be found.
 */
export const ADMINISTRATION = "tcp 22, 23, 2375-2376, 3389, 5900-5906, 5985-5986, udp 3389";
