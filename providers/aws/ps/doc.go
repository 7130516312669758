// Package ps reads secrets from AWS Systems Manager Parameter Store.
//
//	aws-ps://eu-west-1/prod/      db/password is the parameter /prod/db/password in eu-west-1
//	aws-ps:                       region and credentials are the SDK's
//
// Parameters: region, profile, role, external_id, endpoint and fips; see
// [session.Options].
//
// # Names
//
// A name has at most 15 levels of letters, digits and _.- characters, prefix
// included. Parameters of several levels start with a "/", which is added:
// db/password is /db/password, and password is password. An ARN is a name too,
// whole and of the link's region; no prefix is put before it. The selector of the
// service, name:3, is no name: versions are asked for as versions.
//
// A SecureString is always decrypted. A StringList comes as its text.
//
// # Versions
//
// Versions are numbers from 1. current is the highest, previous the number before
// it, for which the current one is read first. A label that someone has put on a
// version is a version too, and needs no upper case.
//
// # Batches
//
// GetMany reads 10 parameters a call, five calls at a time, and needs
// ssm:GetParameters besides ssm:GetParameter. The service refuses the whole call
// when one of the ten is denied; each is then read alone. Where none was denied
// alone, the batch is, and is not asked for again for 15 minutes.
package ps
