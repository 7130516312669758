// Package sm reads secrets from AWS Secrets Manager.
//
//	aws-sm://eu-west-1/prod/      db/password is the secret prod/db/password in eu-west-1
//	aws-sm:                       region and credentials are the SDK's
//
// Parameters: region, profile, role, external_id, endpoint and fips; see
// [session.Options].
//
// # Names
//
// A name is at most 512 letters, digits and /_+=.@- characters, prefix included.
// An ARN is a name too, whole and of the link's region; no prefix is put before
// it. Secrets Manager also takes an ARN without its last six characters, and then
// guesses; this package refuses answers for another secret than was asked for.
//
// # Versions
//
// current is the version labelled AWSCURRENT, previous the one labelled
// AWSPREVIOUS. An id of 32 to 64 letters, digits and "-" is a version's, and a
// label in upper case, such as AWSPENDING, is the version that has it.
//
// # Batches
//
// GetMany reads 20 secrets a call, five calls at a time, and needs
// secretsmanager:BatchGetSecretValue besides secretsmanager:GetSecretValue. Where
// the former is missing it reads one by one, and does not ask for a batch again
// for 15 minutes. Secrets of a batch have no Created time: the service gives that
// of the secret, not that of the version.
package sm
