import { relations, sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const authors = sqliteTable("authors", {
  id: integer().primaryKey({ autoIncrement: true }),
  name: text().notNull().unique(),
});

export const books = sqliteTable(
  "books",
  {
    id: integer().primaryKey({ autoIncrement: true }),
    title: text().notNull(),
    authorId: integer().notNull().references(() => authors.id, { onDelete: "cascade" }),
    addedAt: integer({ mode: "timestamp_ms" }).notNull().default(sql`(unixepoch() * 1000)`),
    lent: integer({ mode: "boolean" }).notNull().default(false),
  },
  (table) => [index("books_by_author").on(table.authorId)],
);

export const tags = sqliteTable(
  "tags",
  {
    bookId: integer().notNull().references(() => books.id, { onDelete: "cascade" }),
    tag: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.bookId, table.tag] })],
);

export const authorRelations = relations(authors, ({ many }) => ({ books: many(books) }));
export const bookRelations = relations(books, ({ one, many }) => ({
  author: one(authors, { fields: [books.authorId], references: [authors.id] }),
  tags: many(tags),
}));
export const tagRelations = relations(tags, ({ one }) => ({
  book: one(books, { fields: [tags.bookId], references: [books.id] }),
}));
