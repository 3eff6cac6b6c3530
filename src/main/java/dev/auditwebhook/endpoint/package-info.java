/**
 * The life of one endpoint: what it is to deliver, how, and what became of it. The journal comes in
 * by {@link dev.auditwebhook.endpoint.Endpoint}, with events and to fetch steps; the desk too, with
 * requests. {@link dev.auditwebhook.endpoint.Dispatcher} is the way of an event through here: it
 * leaves by {@link dev.auditwebhook.wire.Sender}, comes back as an answer, and what is ruled of it
 * is written into the {@link dev.auditwebhook.endpoint.ledger.Ledger}. Nothing here does I/O, and
 * nothing but {@link dev.auditwebhook.endpoint.Clock} knows the time.
 */
package dev.auditwebhook.endpoint;
