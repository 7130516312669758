// Package awstest is for the tests of the AWS providers. It has a service on loopback
// ([Server]), options that lead there, and the tests that are the same for both
// services. Only tests import it. Its functions fail the test that they are given.
// They are not for concurrent use.
package awstest
