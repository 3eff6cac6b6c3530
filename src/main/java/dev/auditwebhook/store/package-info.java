/** Where pending events, dead letters, totals and what was set at run time live. */
package dev.auditwebhook.store;
