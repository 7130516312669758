// Package gcp tests adapters/push over Google Pub/Sub, with the fake server that Google's
// client module brings.
package gcp
