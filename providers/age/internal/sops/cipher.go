package sops

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"strings"

	"github.com/secretmux/secretmux/providers/age/internal/fault"
)

const (
	// KeySize is the size of a data key in bytes.
	KeySize   = 32
	nonceSize = 32 // sops uses it instead of GCM's usual 12
)

// The types of values that sops knows and that this package reads.
const (
	typeString  = "str"
	typeInt     = "int"
	typeFloat   = "float"
	typeBool    = "bool"
	typeComment = "comment"
)

var (
	errPlain    = fault.Corrupt("a value is not encrypted or is cut")
	errTampered = fault.Corrupt("a value was changed, or belongs to another key")
)

// sealed is an encrypted value in the form that a file has:
// ENC[AES256_GCM,data:...,iv:...,tag:...,type:...].
type sealed struct {
	data, iv []byte // data with the tag at its end
	kind     string
}

func parseSealed(text string) (sealed, bool) {
	text, ok := strings.CutPrefix(text, "ENC[AES256_GCM,")
	text, ended := strings.CutSuffix(text, "]")
	parts := strings.Split(text, ",")
	if !ok || !ended || len(parts) != 4 {
		return sealed{}, false
	}
	var decoded [3][]byte
	for i, label := range []string{"data:", "iv:", "tag:"} {
		part, ok := strings.CutPrefix(parts[i], label)
		bytes, err := base64.StdEncoding.Strict().DecodeString(part)
		if !ok || err != nil {
			return sealed{}, false
		}
		decoded[i] = bytes
	}
	kind, ok := strings.CutPrefix(parts[3], "type:")
	if !ok || len(decoded[1]) == 0 || len(decoded[2]) != aes.BlockSize {
		return sealed{}, false
	}
	return sealed{data: append(decoded[0], decoded[2]...), iv: decoded[1], kind: kind}, true
}

// open decrypts text, which belongs to path. An empty text is not encrypted and stays
// empty.
func open(key []byte, text, path string) (plain, kind string, err error) {
	if text == "" {
		return "", typeString, nil
	}
	s, ok := parseSealed(text)
	if !ok {
		return "", "", errPlain
	}
	gcm, err := newGCM(key, len(s.iv))
	if err != nil {
		return "", "", err
	}
	opened, err := gcm.Open(nil, s.iv, s.data, []byte(path))
	if err != nil {
		return "", "", errTampered // the cause does not say more
	}
	return string(opened), s.kind, nil
}

// seal encrypts plain for path.
func seal(key []byte, plain, kind, path string) (string, error) {
	if plain == "" {
		return "", nil
	}
	gcm, err := newGCM(key, nonceSize)
	if err != nil {
		return "", err
	}
	iv := make([]byte, nonceSize)
	_, _ = rand.Read(iv) // it never fails
	out := gcm.Seal(nil, iv, []byte(plain), []byte(path))
	data, tag := out[:len(plain)], out[len(plain):]
	encode := base64.StdEncoding.EncodeToString
	return "ENC[AES256_GCM,data:" + encode(data) + ",iv:" + encode(iv) + ",tag:" + encode(tag) + ",type:" + kind + "]", nil
}

func newGCM(key []byte, nonce int) (cipher.AEAD, error) {
	if len(key) != KeySize {
		return nil, fault.Corrupt("the data key of the file has a wrong size")
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fault.FIPS()
	}
	gcm, err := cipher.NewGCMWithNonceSize(block, nonce)
	if err != nil {
		return nil, fault.FIPS()
	}
	return gcm, nil
}
