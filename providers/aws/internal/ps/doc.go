// Package ps is what package aws needs of AWS Systems Manager Parameter Store: its
// names, its versions, its calls, and what its error codes mean.
package ps
