// Package azure reads secrets from Azure Key Vault.
//
//	azure-kv://my-vault
//	azure-kv://my-vault.vault.azure.cn?prefix=shop-&sep=--&credential=managed
//
// The authority is the name of a vault in the public cloud, or the full host of a
// vault in any cloud. The path is empty: a vault has no folders. Parameters, for
// the fields of [Options] of these names:
//
//   - credential=default, managed, workload, cli or env: who asks
//   - client_id, tenant_id: which identity, where several could be meant
//   - prefix: stands in front of every name
//   - sep: stands for the / in names, which Key Vault can't hold: -, -- or ---
//   - deleted=absent: a soft-deleted secret is an absent one
//   - api_version: for a cloud that does not know the newest
//
// # Names
//
// Key Vault's names are 1 to 127 letters, digits and "-"; anything else is
// ErrInvalid before any call. They don't differ in case, so two names that do are
// one secret: the second one that is asked for is ErrInvalid.
//
// # Absent and deleted
//
// Key Vault answers 404 alike for a secret that never was and for one that is
// soft-deleted and can be recovered. The first is ErrNotFound, after which a chain
// goes on, and the second ErrDisabled; a second call tells them apart, which needs
// the permission to read a deleted secret's properties. The role Key Vault Secrets
// User has it, and so has an access policy with Get.
//
// # Expiry
//
// Key Vault serves a secret before its nbf and after its exp, and so does this
// package: Expires says when it ends, and only a disabled version is refused.
package azure
