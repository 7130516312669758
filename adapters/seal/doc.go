// Package seal encrypts values at rest with a keyset that is a secret.
//
// The keyset is a Tink keyset (https://developers.google.com/tink), as JSON or in
// Tink's binary form: what is sealed here opens with Tink in Java, C++ and
// Python, and the other way round. One key of the set, the primary, seals; all
// enabled keys open. A sealed value names its key, so that opening tries no
// others.
//
// The second argument of [Box.Seal] and [Box.Open] is the associated data: where the value
// belongs, such as a table, a column and a row. A sealed value that is moved to another
// place does not open there.
//
// # At a rotation
//
// A rotation is two writes of the secret, with time for all instances between them:
//
//  1. [Add] a key. It opens and does not seal yet.
//  2. When every instance has read that, [Promote] it. It seals from then on.
//
// Old values go on to open. [Box.Old] tells which are not under the primary key;
// seal them anew before an old key is disabled. An instance that meets an unknown
// key looks for a newer keyset, once for all callers that wait, and ever more
// slowly while there is none, so that values with made-up key ids cost the
// backend a handful of reads.
//
// All keys that some value needs must be in the one secret. Never count on the backend's
// versions for old keys: a backend deletes them. [Validate], in secretmux.Options, refuses a
// keyset that lost one. A keyset that can't be used is never taken over: the old one goes
// on, and the store's Status and Check show the error.
//
// # What it costs
//
// A sealed value is 33 bytes longer. Sealing and opening 1 KiB takes about 2
// microseconds each and an allocation. The keyset is parsed once a rotation. If
// you use the AES-GCM keys of [NewKeyset], seal fewer than 2^32 values with one
// key (NIST SP 800-38D, section 8.3). It is for values that fit into memory, not
// for large files.
package seal
