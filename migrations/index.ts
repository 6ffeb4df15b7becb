import seedTables from "./0001_seed_tables.ts";
import books from "./0002_books.ts";
import guards from "./0003_guards.ts";
import journal from "./0004_journal.ts";
import doors from "./0005_doors.ts";
import epoch from "./0006_epoch.ts";
import telegramPosition from "./0007_telegram_position.ts";
import journalTail from "./0008_journal_tail.ts";
import journalColumns from "./0009_journal_columns.ts";
import feedTail from "./0010_feed_tail.ts";
import counts from "./0011_counts.ts";
import volume from "./0012_volume.ts";

/** Every migration, by `<id>_<name>`. Forward only: one that has landed is never edited. */
export const migrations = {
  "0001_seed_tables": seedTables,
  "0002_books": books,
  "0003_guards": guards,
  "0004_journal": journal,
  "0005_doors": doors,
  "0006_epoch": epoch,
  "0007_telegram_position": telegramPosition,
  "0008_journal_tail": journalTail,
  "0009_journal_columns": journalColumns,
  "0010_feed_tail": feedTail,
  "0011_counts": counts,
  "0012_volume": volume,
};
