/**
 * JSON from outside, read without changing it and without guessing. {@link
 * dev.auditwebhook.json.ExactJson} comes first and turns bytes into values; {@link
 * dev.auditwebhook.json.StrictJson} then reads an object key by key, for options and requests
 * alike; {@link dev.auditwebhook.json.Rfc3339} judges the time of an entry. It knows no other
 * package.
 */
package dev.auditwebhook.json;
