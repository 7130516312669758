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

// seal returns the MAC as it stands in a file of this time.
func (m mac) seal(key []byte, modified string) (string, error) {
	return seal(key, m.text(), typeString, modified)
}

// check compares the MAC with that of a file.
func (m mac) check(key []byte, meta *Metadata) error {
	told, _, err := open(key, meta.mac, meta.modified)
	if err != nil {
		return fault.Corrupt("its MAC or the time of its last change was changed")
	}
	if subtle.ConstantTimeCompare([]byte(told), []byte(m.text())) != 1 {
		return fault.Corrupt("its MAC says that values were changed, added, removed or moved")
	}
	return nil
}

// canonical is how a value of this kind is written into the MAC, or false where it is
// not of this kind.
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

// titled is how sops writes a truth value.
func titled(b bool) string {
	if b {
		return "True"
	}
	return "False"
}

// unknownKind is the error for a value that is not of its kind, or whose kind sops can
// write and nobody asked for yet.
func unknownKind(kind string) error {
	if kind == "time" || kind == "bytes" || kind == typeComment {
		return fault.Invalid("it has a value of a type that is not supported: a time, bytes or a comment", "write it as a string")
	}
	return errTampered
}
