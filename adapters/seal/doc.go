// Package seal encrypts values at rest with a keyset that is a secret.
//
// The keyset is a Tink keyset (https://developers.google.com/tink), as JSON or in
// Tink's binary form. Values that are sealed here can be opened with Tink in Java, C++
// and Python, and the reverse. One key of the set, the primary, seals; all enabled keys
// open. A sealed value names its key, so opening tries no other key.
//
// The second argument of [Box.Seal] and [Box.Open] is the associated data. It is the
// place that the value belongs to, such as a table, a column and a row. A sealed value
// that is moved to another place does not open there.
//
// # At a rotation
//
// A rotation is two writes of the secret, with time for all instances between them:
//
//  1. [Add] a key. It opens values and does not seal yet.
//  2. When every instance has read the new keyset, [Promote] the key. It seals from
//     then on.
//
// Old values can still be opened. [Box.Old] shows which values another key than the
// primary has sealed. Seal them anew before an old key is disabled. An instance that
// finds an unknown key looks for a newer keyset, once for all waiting callers, and less
// and less often while there is none. So values with made-up key ids cost the backend
// only a few reads.
//
// All keys that some value needs must be in the one secret. Never rely on the backend's
// versions for old keys, because a backend deletes them. [Validate], in
// secretmux.Options, refuses a keyset that lost a key. A keyset that can't be used
// never replaces the old one, and the store's Status and Check show the error.
//
// # What it costs
//
// A sealed value is 33 bytes longer. Sealing and opening 1 KiB takes about 2
// microseconds each and an allocation. The keyset is parsed once a rotation. If
// you use the AES-GCM keys of [NewKeyset], seal fewer than 2^32 values with one
// key (NIST SP 800-38D, section 8.3). It is for values that fit into memory, not
// for large files.
package seal
