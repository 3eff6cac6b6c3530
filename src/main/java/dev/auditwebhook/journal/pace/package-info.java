/** When what may happen at any time is done: not too often, and not too late. */
package dev.auditwebhook.journal.pace;
