package settings

import (
	"errors"
	"reflect"
	"strconv"

	"github.com/secretmux/secretmux"
)

// These are the tags of a field.
const (
	tagSecret      = "secret"
	tagPrefix      = "prefix"
	tagDefault     = "default"
	tagOptional    = "optional"
	tagEncoding    = "encoding"
	tagSep         = "sep"
	tagKeySep      = "keysep"
	tagPlaceholder = "placeholder"
	tagDesc        = "desc"
	tagValidate    = "validate"
)

// These are the encodings of a value.
const (
	encodingBase64 = "base64"
	encodingHex    = "hex"
	encodingJSON   = "json"
)

// leaf is one field that is filled from a secret.
type leaf struct {
	path     string // DB.Password
	index    []int
	typ      reflect.Type
	ref      string
	document int    // the index of its document in plan.documents
	field    string // the part of ref after #
	how      how

	encoding    string
	text        string // the text of the default tag
	hasDefault  bool
	optional    bool
	sep, keySep string
	placeholder bool // a placeholder is allowed
	desc, rules string
}

func (l *leaf) required() bool { return !l.hasDefault && !l.optional }

// badTag is the error for a mistake in the struct. It does not quote the tag, because
// a default may be a secret that should not be in the source.
func badTag(path, problem, hint string) error {
	return &secretmux.Error{
		Op: "settings", Class: secretmux.ErrInvalid, Hint: hint,
		Err: errors.New("field " + strconv.Quote(path) + ": " + problem),
	}
}

// newLeaf reads the tags of a field. ref is its whole reference.
func newLeaf(f reflect.StructField, path string, index []int, ref string) (leaf, []error) {
	l := leaf{
		path: path, index: index, typ: f.Type, ref: ref, encoding: f.Tag.Get(tagEncoding),
		sep: f.Tag.Get(tagSep), keySep: f.Tag.Get(tagKeySep), desc: f.Tag.Get(tagDesc), rules: f.Tag.Get(tagValidate),
	}
	l.text, l.hasDefault = f.Tag.Lookup(tagDefault)
	var errs []error
	bad := func(problem, hint string) { errs = append(errs, badTag(path, problem, hint)) }
	if _, ok := f.Tag.Lookup(tagPrefix); ok {
		bad("prefix is for nested structs", "write the whole name in the secret tag")
	}
	switch optional, ok := f.Tag.Lookup(tagOptional); {
	case ok && optional != "true":
		bad("the value of optional is not true", `write optional:"true" or leave it out`)
	case ok && l.hasDefault:
		bad("it is optional and has a default", "leave out one of the two: a field with a default is never required")
	case ok:
		l.optional = true
	}
	switch allow, ok := f.Tag.Lookup(tagPlaceholder); {
	case ok && allow != "allow":
		bad("the value of placeholder is not allow", `write placeholder:"allow" or leave it out`)
	case ok:
		l.placeholder = true
	}
	errs = append(errs, l.classify()...)
	if l.how == asSecret && l.hasDefault {
		bad("a default of a Secret would be a secret in the source", `write optional:"true" and call IsZero`)
	}
	return l, errs
}

// nestedTags refuses the tags that have no meaning on a struct of settings.
func nestedTags(f reflect.StructField, path string) []error {
	var errs []error
	for _, tag := range []string{tagDefault, tagOptional, tagEncoding, tagSep, tagKeySep, tagPlaceholder} {
		if _, ok := f.Tag.Lookup(tag); ok {
			errs = append(errs, badTag(path, tag+" has no effect on a nested struct",
				"write the tag on the fields inside, or give the struct a secret tag to read it from a JSON document"))
		}
	}
	return errs
}
