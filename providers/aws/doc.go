// Package aws reads secrets from AWS: from Secrets Manager (aws-sm:) and from
// Systems Manager Parameter Store (aws-ps:).
//
//	aws-sm://eu-west-1/prod/      db/password is the secret prod/db/password
//	aws-ps://eu-west-1/prod/      db/password is the parameter /prod/db/password
//	aws-ps://eu-west-1//          token is the parameter /token
//	aws-sm:                       region and credentials from the SDK
//
// The authority is the region. The path is a folder that is put in front of every
// name. All parameters are optional:
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
// The name of a secret has at most 512 letters, digits and /_+=.@!- characters, and
// the prefix counts too. The name of a parameter has at most 15 levels of letters,
// digits and _.- characters. A name with several levels starts with a "/", which this
// package adds: db/password is /db/password, and password is password. A whole ARN is
// a name too, if it is of the link's region; it gets no prefix. Secrets Manager also
// accepts an ARN without its last six characters, and then guesses. An answer for
// another secret is refused.
//
// A binary secret is returned as its bytes, a SecureString is decrypted, and a
// StringList is returned as its text.
//
// # Batches
//
// GetMany reads 20 secrets or 10 parameters a call, with five calls at a time.
// Besides the permission to read one secret, it needs
// secretsmanager:BatchGetSecretValue or ssm:GetParameters. If that permission is
// missing, it reads one secret at a time, and does not try a batch again for 15
// minutes.
package aws
