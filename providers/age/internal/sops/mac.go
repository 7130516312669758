package sops

import (
	"crypto/sha512"
	"crypto/subtle"
	"fmt"
	"hash"
	"strconv"

	"github.com/secretmux/secretmux/providers/age/internal/fault"
)

// mac sums up all plain values in their order.
type mac struct{ sum hash.Hash }

func newMAC() mac { return mac{sum: sha512.New()} }

func (m mac) add(value string) { _, _ = m.sum.Write([]byte(value)) }

func (m mac) text() string { return fmt.Sprintf("%X", m.sum.Sum(nil)) }

// seal returns the MAC in the form that a file of this time has.
func (m mac) seal(key []byte, modified string) (string, error) {
	return seal(key, m.text(), typeString, modified)
}

// check compares the MAC with the MAC of a file.
func (m mac) check(key []byte, meta *Metadata) error {
	told, _, err := open(key, meta.mac, meta.modified)
	if err != nil {
		return fault.Corrupt("the MAC of the file, or the time of its last change, was changed")
	}
	if subtle.ConstantTimeCompare([]byte(told), []byte(m.text())) != 1 {
		return fault.Corrupt("the MAC of the file says that values were changed, added, removed or moved")
	}
	return nil
}

// canonical returns the form in which the MAC covers a value of this kind. It returns
// false if the value is not of this kind.
func canonical(plain, kind string) (string, bool) {
	switch kind {
	case typeString:
		return plain, true
	case typeInt:
		n, err := strconv.Atoi(plain)
		return strconv.Itoa(n), err == nil
	case typeFloat:
		f, err := strconv.ParseFloat(plain, 64)
		return strconv.FormatFloat(f, 'f', -1, 64), err == nil
	case typeBool:
		b, err := strconv.ParseBool(plain)
		return titled(b), err == nil
	}
	return "", false
}

// titled is the form in which sops writes a truth value.
func titled(b bool) string {
	if b {
		return "True"
	}
	return "False"
}

// unknownKind is the error for a value that does not have the form of its kind, or
// whose kind this package does not support yet.
func unknownKind(kind string) error {
	if kind == "time" || kind == "bytes" || kind == typeComment {
		return fault.Invalid("the file has a value of an unsupported type: a time, bytes or a comment", "write the value as a string")
	}
	return errTampered
}
