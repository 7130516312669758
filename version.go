package secretmux

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"sync"
)

// versionKey is drawn once a process. A digest without a key would let whoever
// reads a log try out short secrets against it.
var versionKey = sync.OnceValue(func() []byte { //nolint:gochecknoglobals // one key a process is the point
	key := make([]byte, sha256.Size)
	_, _ = rand.Read(key) // it never fails: crypto/rand ends the program instead
	return key
})

// ContentVersion makes a version id for a value from a backend that has none: 16
// hexadecimal digits that are equal for equal values, within this process alone.
// They tell nothing about the value: HMAC-SHA256 (RFC 2104) under a random key
// that is never shown, cut to 64 bits.
func ContentVersion(value []byte) string {
	mac := hmac.New(sha256.New, versionKey())
	mac.Write(value)
	return hex.EncodeToString(mac.Sum(nil)[:8])
}
