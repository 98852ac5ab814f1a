/* SPDX-License-Identifier: Apache-2.0 */
#include "register/pg.h"

#include <dlfcn.h>
#include <string.h>

#define LIBPQ "libpq.so.5"

int pg_load(struct pg_library *lib, struct why *why)
{
	void *so = dlopen(LIBPQ, RTLD_NOW | RTLD_LOCAL);
	const struct {
		const char *name;
		void *at;
	} wanted[] = {{"PQconnectdb", &lib->connectdb},
		      {"PQconninfoParse", &lib->conninfoParse},
		      {"PQconninfoFree", &lib->conninfoFree},
		      {"PQfreemem", &lib->freemem},
		      {"PQfinish", &lib->finish},
		      {"PQstatus", &lib->status},
		      {"PQerrorMessage", &lib->errorMessage},
		      {"PQsetNoticeProcessor", &lib->setNoticeProcessor},
		      {"PQexec", &lib->exec},
		      {"PQprepare", &lib->prepare},
		      {"PQexecPrepared", &lib->execPrepared},
		      {"PQresultStatus", &lib->resultStatus},
		      {"PQresultErrorField", &lib->resultErrorField},
		      {"PQcmdStatus", &lib->cmdStatus},
		      {"PQcmdTuples", &lib->cmdTuples},
		      {"PQntuples", &lib->ntuples},
		      {"PQnfields", &lib->nfields},
		      {"PQgetisnull", &lib->getisnull},
		      {"PQgetvalue", &lib->getvalue},
		      {"PQgetlength", &lib->getlength},
		      {"PQclear", &lib->clear},
		      {"PQputCopyData", &lib->putCopyData},
		      {"PQputCopyEnd", &lib->putCopyEnd},
		      {"PQgetResult", &lib->getResult}};

	if (!so)
		return why_sys(why, "PostgreSQL wants %s, which is not there: install libpq5",
			       LIBPQ);
	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++) {
		void *f = dlsym(so, wanted[i].name);

		if (!f)
			return why_sys(why, "%s has no %s", LIBPQ, wanted[i].name);
		memcpy(wanted[i].at, &f, sizeof(f)); /* C has no cast of an object to a function */
	}
	return 0; /* so stays open as long as the process runs */
}
