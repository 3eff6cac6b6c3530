/**
 * The way of one event: accepted, queued, attempted, judged, and then delivered, tried again or a
 * dead letter. {@link dev.auditwebhook.delivery.Dispatcher} is that life; each policy has a class
 * of its own.
 */
package dev.auditwebhook.delivery;
