// Loaded into a process of ours before anything else (`node --import`): its clock is ahead of the machine's by as
// many ms as the file SHIFTED_CLOCK_FILE says, read again all the time. Node itself and the product know nothing of it.
import { readFileSync } from "node:fs";

const LOOK_MS = 50;
const file = process.env["SHIFTED_CLOCK_FILE"];
const machine = Date.now.bind(Date);
let aheadMs = 0;

const look = (): void => {
  try {
    const found = Number(readFileSync(file ?? "", "utf8").trim() || Number.NaN);
    // Half written is not read.
    if (Number.isFinite(found)) aheadMs = found;
  } catch {
    // Gone with the harness.
  }
};

if (file !== undefined) {
  look();
  setInterval(look, LOOK_MS).unref();
  Date.now = () => machine() + aheadMs;
}
