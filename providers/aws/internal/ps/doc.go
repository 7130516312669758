// Package ps has the parts of package aws for AWS Systems Manager Parameter Store:
// its names, its versions, its calls, and the meaning of its error codes.
package ps
