/** What the demo works with: entries, and a receiver that sometimes fails. */
package dev.auditwebhook.cli.demo;
