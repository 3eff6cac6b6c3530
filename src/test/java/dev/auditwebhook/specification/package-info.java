/**
 * What the webhook does, as its users see it: one class a theme, one sentence a test. All of it
 * runs on every store, but for what says why not.
 */
package dev.auditwebhook.specification;
