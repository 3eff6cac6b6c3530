/**
 * What an event is to a receiver: the bodies of each format, and what answers say of the events in
 * them. All come in by {@link dev.auditwebhook.wire.format.FormatCatalog}, for a {@link
 * dev.auditwebhook.wire.format.Format}; {@link dev.auditwebhook.wire.format.Event} is what it
 * writes, and {@link dev.auditwebhook.wire.format.Verdict} what comes back.
 */
package dev.auditwebhook.wire.format;
