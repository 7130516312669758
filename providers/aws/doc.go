// Package aws reads secrets from AWS: from Secrets Manager (aws-sm:) and from
// Systems Manager Parameter Store (aws-ps:).
//
//	aws-sm://eu-west-1/prod/      db/password is the secret prod/db/password
//	aws-ps://eu-west-1/prod/      db/password is the parameter /prod/db/password
//	aws-ps://eu-west-1//          token is the parameter /token
//	aws-sm:                       region and credentials are the SDK's
//
// The authority is the region, the path a folder that is put in front of every
// name. Parameters, all optional:
//
//	region=eu-west-1              instead of the authority
//	profile=NAME                  a profile of the shared config file
//	role=ARN external_id=ID       a role to assume
//	endpoint=https://HOST         a VPC endpoint; http:// for loopback only
//	fips=true                     the FIPS 140 endpoint of the region
//
// Credentials come from the SDK's default chain: environment variables, the
// shared files, SSO, web identity, and the metadata of a container or an
// instance. They are never part of a config string. [Options] can give them, and the
// transport, from the program.
//
// # Names
//
// A secret's name is at most 512 letters, digits and /_+=.@!- characters, prefix
// included. A parameter's has at most 15 levels of letters, digits and _.-
// characters; one of several levels starts with a "/", which is added:
// db/password is /db/password, and password is password. An ARN is a name too,
// whole and of the link's region; no prefix is put before it. Secrets Manager
// also takes an ARN without its last six characters, and then guesses; an answer
// for another secret is refused.
//
// A binary secret comes as its bytes, a SecureString decrypted, a StringList as its
// text.
//
// # Batches
//
// GetMany reads 20 secrets or 10 parameters a call, five calls at a time. It
// needs secretsmanager:BatchGetSecretValue or ssm:GetParameters besides the
// permission to read one. If that permission is missing, it reads one by one, and
// does not try a batch again for 15 minutes.
package aws
