// A plugin of serverless.yml: bundles the functions before they are packaged, so that `npx osls package` and `deploy` are enough.
const { spawnSync } = require("node:child_process");
const { join } = require("node:path");

module.exports = class Bundle {
  constructor(serverless) {
    const bundle = () => {
      const { status } = spawnSync(process.execPath, [join(__dirname, "bundle.ts")], {
        cwd: serverless.serviceDir,
        stdio: ["ignore", "inherit", "inherit"],
      });
      if (status !== 0) throw new serverless.classes.Error("The functions could not be bundled; the reason is above.");
    };
    const sayWithoutSlack = () => {
      if (serverless.service.functions.notify.environment.SLACK_BOT_TOKEN_SECRET) return;
      process.stderr.write(
        "  Slack is told nothing: the setting slackBotTokenSecret is empty. Decisions go to the log and the bus only.\n",
      );
    };
    this.hooks = {
      "before:package:createDeploymentArtifacts": bundle,
      "before:package:function:package": bundle,
      "after:deploy:deploy": sayWithoutSlack,
      "after:package:createDeploymentArtifacts": sayWithoutSlack,
    };
  }
};
