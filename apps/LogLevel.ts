/** How much is logged, as effect names it. */
const levels = ["Trace", "Debug", "Info", "Warn", "Error", "None"] as const;

export type LogLevel = (typeof levels)[number];

/** A level in any case, and `warning`, as other programs have it. */
export const of = (text: string): LogLevel | undefined => {
  const plain = text.toLowerCase();
  return levels.find((level) => level.toLowerCase() === (plain === "warning" ? "warn" : plain));
};
