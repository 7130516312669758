// Package azure reads secrets from Azure Key Vault.
//
//	azure-kv://my-vault                                     a vault in the public cloud
//	azure-kv://my-vault.vault.azure.cn?credential=managed   a vault in any cloud, by its full host
//
// # Parameters
//
//	credential=   the identity that reads: default, managed, workload, cli or env
//	client_id=    which identity, if there are several
//	tenant_id=    the tenant of the identity
//	prefix=       is put in front of every name, as in prefix=shop-
//	sep=          replaces each / of a name: -, -- or ---
//	deleted=      absent: a soft-deleted secret counts as absent
//	api_version=  for a cloud that does not know the SDK's own version, as in api_version=7.4
//	endpoint=     the https URL of an emulator on this machine; it needs Options.TokenCredential
//
// The vault is required: its name, or its full host without a port. The path is
// empty, because a vault has no folders. The credentials come from the Azure SDK
// unless [Options] has others.
//
// # Names
//
// Key Vault's names are 1 to 127 letters, digits and "-"; anything else is
// ErrInvalid before any call. Key Vault ignores case, so two names that differ
// only in case are one secret: the second one that is asked for is ErrInvalid.
// With sep= a name may have segments, and no two names share a secret: a name
// that already has the separator in it, or a segment that starts or ends with
// "-", is ErrInvalid.
//
// # Versions
//
// Versions are ids of 32 hexadecimal digits; Secret.Version has the one that was
// read. Get reads the newest version. If that is disabled, the error is ErrDisabled.
// VersionPrevious is the newest enabled version before it, which the list of the
// secret's versions shows.
//
// # Absent
//
// Key Vault answers 404 for a secret that never existed, and also for a secret that
// is soft-deleted and can be recovered. The first is ErrNotFound, and a chain goes
// on. The second is ErrDisabled. A second call tells them apart. It needs the
// permission to read the properties of a deleted secret. The role Key Vault Secrets
// User has it, and so has an access policy with Get. A 404 without Key Vault's own
// code for it is ErrInvalid: it may come from a proxy or another service.
//
// # Expiry
//
// Key Vault serves a secret before its nbf and after its exp, and so does this
// package. Expires says when the secret ends. Only a disabled version is refused.
package azure
