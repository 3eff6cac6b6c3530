/**
 * Who did what: each {@linkplain dev.auditwebhook.bus.trail.Request request} comes from an {@link
 * dev.auditwebhook.bus.trail.Author}, and a {@linkplain dev.auditwebhook.bus.trail.Deed change that
 * was made} goes into the {@link dev.auditwebhook.bus.trail.Trail}.
 */
package dev.auditwebhook.bus.trail;
