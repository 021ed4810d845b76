/* note: signed notes as in C2SP signed-note, with Ed25519 (type 0x01) and witness cosignatures (type 0x04, C2SP
 * tlog-cosignature). Checkpoints are notes; the signer writes them and every verifier opens them. Pure. */
#ifndef CORE_NOTE_H
#define CORE_NOTE_H
#include "base/cx.h"
#include "base/hash.h"

enum note_type { NOTE_ED25519 = 0x01, NOTE_COSIGNATURE = 0x04 };

/* The signatures of a note beyond this many make it too big. */
enum { NOTE_SIGNATURES = 64 };

/* A key that one has reason to know. */
struct vkey {
	struct str name;       /* no spaces, no '+' */
	uint8_t id[4];
	enum note_type type;
	uint8_t pub[32];
};

/* A signing key. */
struct skey {
	struct vkey v;
	uint8_t secret[64];
};

/* A name that a key may have: not empty, UTF-8, no white space (Unicode's), no control characters, no '+'. */
bool note_name_ok(struct str name);
/* `name` must be ok and outlive the key. The seed is the 32 bytes of the key file. */
struct skey note_key(struct str name, enum note_type, const uint8_t seed[32]);
/* "name+hex id+base64(type ‖ key)"; reading refuses other types and an id that is not the key's. ERR_BAD_INPUT. */
struct str note_vkey_text(struct cx *, const struct vkey *);
MUST_CHECK enum err note_vkey_read(struct cx *, struct str text, struct vkey *out);

/* One signature line with its newline over `text`, which must end in a newline. `time` is seconds since 1970 for a
 * cosignature, else ignored. */
struct str note_line(struct cx *, const struct skey *, struct str text, uint64_t time);
/* text, an empty line, the signature line. More lines may simply be appended. */
struct str note_sign(struct cx *, const struct skey *, struct str text);

/* What an opened note says. */
struct note {
	struct str text;             /* with its final newline; within the input */
	uint64_t signed_by;          /* bit i: keys[i] has a good signature */
	uint64_t time[NOTE_SIGNATURES]; /* of keys[i]'s cosignature */
};

/* Split at the last empty line; unknown keys are ignored; a known key (name and id) whose signature fails rejects
 * the note; at least one of the n (at most 64) keys must have signed. ERR_TAMPERED, or ERR_BAD_INPUT if it is no
 * note at all. */
MUST_CHECK enum err note_open(struct cx *, struct str note, const struct vkey *keys, int n, struct note *out);
#endif
