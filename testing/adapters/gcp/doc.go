// Package gcp tests adapters/push over Google Pub/Sub, with the fake server in
// Google's client module.
package gcp
