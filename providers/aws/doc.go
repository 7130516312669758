// Package aws reads secrets from AWS: from Secrets Manager (aws-sm:, package sm)
// and from Systems Manager Parameter Store (aws-ps:, package ps).
//
//	aws-sm://eu-west-1/prod/      db/password is the secret prod/db/password
//	aws-ps://eu-west-1/prod/      db/password is the parameter /prod/db/password
//	aws-sm:                       region and credentials are the SDK's
//
// The authority is the region, the path a folder that stands in front of every
// name. Parameters, all optional:
//
//	region=eu-west-1              instead of the authority
//	profile=NAME                  a profile of the shared config file
//	role=ARN external_id=ID       a role to assume
//	endpoint=https://HOST         a VPC endpoint; http:// for loopback alone
//	fips=true                     the FIPS 140 endpoint of the region
//
// Credentials come from the SDK's default chain: environment variables, the
// shared files, SSO, web identity, and the metadata of a container or an
// instance. They never stand in a config string. [Options] can give them, and the
// transport, from the program.
package aws
