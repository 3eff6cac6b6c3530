/**
 * What can be set of an endpoint, and which actions it wants. The endpoint comes in by {@link
 * dev.auditwebhook.endpoint.settings.Settings} and {@link
 * dev.auditwebhook.endpoint.settings.Actions}; the webhook asks {@link
 * dev.auditwebhook.endpoint.settings.Remains} what became of endpoints between two starts.
 */
package dev.auditwebhook.endpoint.settings;
