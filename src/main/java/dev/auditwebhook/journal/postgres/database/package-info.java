/**
 * The way to PostgreSQL: connections that are made when they are needed and cut when they do not
 * answer, statements that are kept in resources, the schema with its migrations, and notifications.
 * The store comes in by {@link dev.auditwebhook.journal.postgres.database.Database}. Whatever goes
 * wrong comes out as a {@link dev.auditwebhook.journal.postgres.database.DatabaseException}.
 */
package dev.auditwebhook.journal.postgres.database;
