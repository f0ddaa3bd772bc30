import { changeToJudgeAgain, judgeAgainEvent } from "../../lib/guard/answering/judge-again.ts";
import { type Actor, EXCEPTED, EXCEPTION, GROUP, type Stage } from "./world.ts";

const GROUPS = { what: "ec2", isRead: false } as const;

/** A person opens the forbidden rule, and its event is guarded. */
export const opener: Actor = {
  name: "a person who opens it",
  shares: [],
  act: async (stage) => {
    await opens(stage, "a person");
    await stage.guard("guard of the person", stage.changeOf("person", stage.setting.forbidden));
  },
};

/** The same, and the event comes twice at once. */
export const openerHeardTwice: Actor = {
  name: "a person who opens it, whose event comes twice",
  shares: ["ledger"],
  act: async (stage) => {
    await opens(stage, "another person");
    const change = stage.changeOf("twice", stage.setting.forbidden);
    await Promise.all([stage.guard("guard of the first copy", change), stage.guard("guard of the second copy", change)]);
  },
};

/** A controller that adds the rule whenever it is gone, so often; each time its event is guarded, and it goes on meanwhile. */
export function controllerOf(returns: number): Actor {
  return {
    name: "a controller that brings it back",
    shares: [],
    act: async (stage) => {
      const { scheduler, setting, ec2 } = stage;
      const guards: Promise<void>[] = [];
      for (let n = 1; n <= returns; n++) {
        await scheduler.wait("controller", `adds it, ${n}`, {
          isDue: () => !stage.isOpen(setting.forbidden),
          act: () => ec2.grant(GROUP, setting.forbidden),
          touches: GROUPS,
        });
        guards.push(stage.guard(`guard of the controller, ${n}`, stage.changeOf(`controller-${n}`, setting.forbidden)));
      }
      await Promise.all(guards);
    },
  };
}
export const controller = controllerOf(2);

/** Somebody closes the rule by hand. */
export const closer: Actor = {
  name: "an owner who closes it",
  shares: [],
  act: async (stage) => {
    const act = () => {
      stage.closedByOwner = true;
      stage.ec2.take(GROUP, stage.setting.forbidden);
    };
    await stage.scheduler.wait("owner", "closes it", { act, touches: GROUPS });
  },
};

/** An approver allows what was closed before. */
export const approver: Actor = { name: "an approver who allows it", shares: ["grants"], act: (stage) => stage.approve("allow", "allow") };

/** An approver undoes what was closed before. */
export const undoer: Actor = {
  name: "an approver who undoes its closing",
  shares: ["grants"],
  act: (stage) => stage.approve("undo", "undo"),
};

/** The exception that stands comes to its end. */
export const ender: Actor = {
  name: "the end of an exception",
  shares: [],
  act: async (stage) => {
    // What time it is, everybody may look at.
    await stage.scheduler.wait("clock", "passes the end of the exception", {
      act: () => stage.passTo(Date.parse(EXCEPTION.until) + 1_000),
    });
    const change = changeToJudgeAgain(judgeAgainEvent(EXCEPTION));
    if (change === undefined) throw new Error("the end of an exception is no change");
    await stage.guard("guard of the end", change);
  },
};

/** Somebody opens once more what an exception admits: its event is guarded. */
export const excepted: Actor = {
  name: "a person who opens what is admitted",
  shares: [],
  act: async (stage) => {
    await stage.scheduler.wait("a third person", "adds what is admitted", { act: () => stage.ec2.grant(GROUP, EXCEPTED), touches: GROUPS });
    await stage.guard("guard of what is admitted", stage.changeOf("admitted", EXCEPTED));
  },
};

/** A sweep of the account. */
export const sweeper: Actor = { name: "a sweep", shares: ["standings"], act: (stage) => stage.sweep("sweep") };

/** One invocation of the guard, whichever, dies at any moment, and its message comes again. */
export const killer: Actor = {
  name: "death",
  shares: ["life"],
  act: async (stage) => {
    const living = () => [...stage.invocations.keys()].find((name) => stage.scheduler.isAlive(name));
    let killed: string | undefined;
    const act = () => {
      killed = living();
      if (killed !== undefined) stage.scheduler.kill(killed);
    };
    await stage.scheduler.wait("death", "takes an invocation", { isDue: () => living() !== undefined, act, ends: living });
    if (killed !== undefined) await stage.redeliver(killed);
  },
};

/** AWS' answer to one call of anybody that takes or adds a rule is lost, and the SDK asks once more. */
export const loser: Actor = {
  name: "an answer that is lost",
  shares: [],
  act: async (stage) => {
    await stage.scheduler.wait("network", "loses the next answer", { act: () => stage.loseAnswer(), touches: GROUPS });
  },
};

/** Two reads of the group, whoever's, show it as it stood while the hole was open. */
export const lag: Actor = {
  name: "reads that lag",
  shares: ["reads"],
  act: async (stage) => {
    const isDue = () => stage.isOpen(stage.setting.forbidden);
    await stage.scheduler.wait("reads", "begin to lag", { isDue, act: () => stage.ec2.serveStale(2), touches: GROUPS });
  },
};

async function opens({ scheduler, ec2, setting }: Stage, who: string): Promise<void> {
  await scheduler.wait(who, "opens it", { act: () => ec2.grant(GROUP, setting.forbidden), touches: GROUPS });
}
