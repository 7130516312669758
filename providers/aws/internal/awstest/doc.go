// Package awstest is what the tests of the AWS providers share: a service on
// loopback ([Server]), options that lead there, and the tests whose course does
// not depend on the service. It is imported by tests only. Its functions fail
// the test that they are given; none is for concurrent use.
package awstest
