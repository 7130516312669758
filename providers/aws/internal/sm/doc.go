// Package sm has the parts of package aws for AWS Secrets Manager: its names, its
// versions, its calls, and the meaning of its error codes.
package sm
