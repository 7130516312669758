// Package sm is what package aws needs of AWS Secrets Manager: its names, its
// versions, its calls, and what its error codes mean.
package sm
