/**
 * What keeps others out and secrets in. Options come in by {@link
 * dev.auditwebhook.security.UrlPolicy}, {@link dev.auditwebhook.security.SigningKey} and {@link
 * dev.auditwebhook.security.ClientOptions}, to have what they were given judged; whoever is about
 * to connect by {@link dev.auditwebhook.security.GuardedResolver}, which vets the address of each
 * connection; and what is shown of an event or of an answer passes {@link
 * dev.auditwebhook.security.Redaction} and {@link dev.auditwebhook.security.Concealment} first. It
 * knows {@code json} alone.
 */
package dev.auditwebhook.security;
