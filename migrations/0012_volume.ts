import { Effect } from "effect";
import { SqlClient } from "effect/sql";

/**
 * A volume has as many decimals as its market gave it, and as many digits before them: with six of the one and eighteen
 * of the other a recorded bar came back as another bar, or not at all. Without a scale the column keeps a double and a
 * decimal alike, to the last digit.
 *
 * Nothing is rewritten, and nothing read: what is there has passed a narrower check. An old process writes what it always did.
 */
const statements = [
  `alter table market_prices
    drop constraint market_prices_volume_check,
    alter column volume type numeric`,
  `alter table market_prices
    add constraint market_prices_volume_check
      check (volume >= 0 and volume <> 'NaN' and volume < 'Infinity') not valid`,
];

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient;
  for (const statement of statements) yield* sql.unsafe(statement).unprepared;
});
