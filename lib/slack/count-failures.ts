import type { Desk } from "../guard/answering/respond-ports.ts";
import type { Meter } from "../guard/meter.ts";

/** A desk that counts the calls which Slack did not take, and is otherwise the same. */
export function countFailures(desk: Desk, meter: Meter): Desk {
  const counted = async <T>(call: Promise<T>): Promise<T> => {
    try {
      return await call;
    } catch (error) {
      meter.add("SlackFailures", 1);
      throw error;
    }
  };
  return {
    post: (channel, message, options) => counted(desk.post(channel, message, options)),
    update: (posted, message, timeLeft) => counted(desk.update(posted, message, timeLeft)),
    find: (channel, about, thread) => counted(desk.find(channel, about, thread)),
    userByEmail: (email) => counted(desk.userByEmail(email)),
    membersOf: (group) => counted(desk.membersOf(group)),
    openView: (trigger, view) => counted(desk.openView(trigger, view)),
    answer: (answerTo, message) => counted(desk.answer(answerTo, message)),
  };
}
