/* SPDX-License-Identifier: Apache-2.0 */
/* The register's tables, for both engines: they differ in the names of types, and in how a table
 * ends. Identities are text: an IMSI may start with zeros. Keys are those of the records, so that
 * a database may spread them over machines; no sequence is shared. */
#ifndef REGISTER_SCHEMA_H
#define REGISTER_SCHEMA_H

#define SCHEMA_VERSION 2

/* Of equipment: what has none stands in no index. */
#define SCHEMA_SUBSCRIBERS_TRE                                      \
	"CREATE INDEX subscribers_tre ON subscribers(tre_id) WHERE" \
	" tre_id IS NOT NULL;"
#define SCHEMA_DISCOVERY_TRE "CREATE INDEX discovery_tre ON discovery(tre_id);"

#define SCHEMA(KEY, NUMBER, END)                                                              \
	"CREATE TABLE subscribers(imsi " KEY " PRIMARY KEY, tre_id " KEY ", record TEXT NOT " \
	"NULL)" END SCHEMA_SUBSCRIBERS_TRE "CREATE TABLE discovery(pcid " KEY                 \
	" NOT NULL, tre_id " KEY " NOT NULL,"                                                 \
	" record TEXT NOT NULL, PRIMARY KEY(pcid, tre_id))" END SCHEMA_DISCOVERY_TRE          \
	"CREATE TABLE equipment(tre_id " KEY " PRIMARY KEY, record TEXT NOT NULL)" END        \
	"CREATE TABLE offers(kind " KEY " NOT NULL, id " KEY " NOT NULL, subject " KEY        \
	" NOT NULL, attached TEXT, expires " NUMBER " NOT NULL, spent " NUMBER                \
	" NOT NULL DEFAULT 0, number " NUMBER " NOT NULL, PRIMARY KEY(kind, id))" END         \
	"CREATE INDEX offers_subject ON offers(kind, subject, number);"                       \
	"CREATE TABLE pools(plmn " KEY " PRIMARY KEY, next " NUMBER " NOT NULL)" END          \
	"CREATE TABLE released(pcid " KEY " PRIMARY KEY, plmn " KEY " NOT NULL)" END

/* What makes each version out of the one before it, from version 1 on, in one transaction. */
#define SCHEMA_STEPS                                                 \
	{                                                            \
		"DROP INDEX subscribers_tre;" SCHEMA_SUBSCRIBERS_TRE \
	}

#endif
