package sops

import (
	"strconv"
	"strings"

	"github.com/secretmux/secretmux/providers/age/internal/fault"
)

// Entry is a recipient, and the data key that is encrypted for it, armored.
type Entry struct{ Recipient, Wrapped string }

// Metadata describes the encryption of a file.
type Metadata struct {
	// Entries are the age recipients, in the order of the file.
	Entries []Entry
	// Others says that the data key is also encrypted for a cloud's KMS, Vault or PGP.
	Others bool

	modified, mac, version string
	// suffix is the end of the keys whose values are not encrypted.
	suffix string
}

const (
	prefix    = "sops_"
	ageList   = "age__list_"
	recipient = "__map_recipient"
	wrapped   = "__map_enc"
)

// others are the kinds of keys besides age for which a data key may be encrypted.
func others() []string {
	return []string{"kms__list_", "gcp_kms__list_", "hckms__list_", "azure_kv__list_", "hc_vault__list_", "pgp__list_"}
}

// modes are the features of sops that this package does not support.
func modes() []string {
	return []string{
		"key_groups", "shamir_threshold", "encrypted_suffix", "encrypted_regex", "unencrypted_regex", "encrypted_comment_regex",
		"unencrypted_comment_regex", "mac_only_encrypted",
	}
}

// newMetadata reads the metadata of a file. Its keys come without "sops_", and flat, in
// the form that sops writes into a dotenv file.
func newMetadata(fields map[string]string) (*Metadata, error) {
	for _, mode := range modes() {
		for key := range fields {
			if key == mode || strings.HasPrefix(key, mode+"__") {
				return nil, fault.Invalid("the file uses "+mode+" of sops, which this package does not support", "make the file anew without it: sops encrypt --age RECIPIENT FILE")
			}
		}
	}
	m := &Metadata{}
	for key, value := range fields {
		if !m.take(key, value) {
			return nil, fault.Invalid("the metadata of the file has an unknown line", "a newer sops may have written the file; try a newer version of this library")
		}
	}
	switch {
	case m.mac == "" || m.modified == "" || m.version == "":
		return nil, fault.Corrupt("the metadata of the file is cut: sops_mac, sops_lastmodified or sops_version is missing")
	case len(m.Entries) == 0:
		return nil, fault.Invalid("the file has no age recipient", "add one with sops rotate -i --add-age RECIPIENT FILE")
	}
	return m, m.readEntries(fields)
}

// take keeps one field and reports whether it is known. It only counts the fields of
// entries.
func (m *Metadata) take(key, value string) bool {
	switch key {
	case "lastmodified":
		m.modified = value
	case "mac":
		m.mac = value
	case "version":
		m.version = value
	case "unencrypted_suffix":
		m.suffix = value
	default:
		if strings.HasPrefix(key, ageList) {
			m.Entries = append(m.Entries, Entry{})
			return true
		}
		for _, other := range others() {
			if strings.HasPrefix(key, other) {
				m.Others = true
				return true
			}
		}
		return false
	}
	return true
}

// readEntries reads the recipients. They are numbered from 0 without a gap, and each
// has two fields.
func (m *Metadata) readEntries(fields map[string]string) error {
	count := len(m.Entries) / 2
	if len(m.Entries)%2 != 0 {
		return errRecipients
	}
	m.Entries = make([]Entry, count)
	for i := range m.Entries {
		start := ageList + strconv.Itoa(i)
		e := Entry{Recipient: fields[start+recipient], Wrapped: fields[start+wrapped]}
		if e.Recipient == "" || e.Wrapped == "" {
			return errRecipients
		}
		m.Entries[i] = e
	}
	return nil
}

var errRecipients = fault.Corrupt("the list of age recipients in the file is incomplete")

// plain reports whether the value at these keys is not encrypted.
func (m *Metadata) plain(path ...string) bool {
	for _, key := range path {
		if m.suffix != "" && strings.HasSuffix(key, m.suffix) {
			return true
		}
	}
	return false
}
