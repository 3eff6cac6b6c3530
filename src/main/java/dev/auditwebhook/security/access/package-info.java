/**
 * Who may do what: {@linkplain dev.auditwebhook.security.access.Role roles}, the {@linkplain
 * dev.auditwebhook.security.access.Principal principals} that have them, and the {@linkplain
 * dev.auditwebhook.security.access.Keyring tokens} that tell who is who, which may be made at
 * start, and change. It knows no other package but the options.
 */
package dev.auditwebhook.security.access;
