# cmake -D NPM=… -D NODE=… -D PAGES=<this folder> -D DIST=<where to> -P build.cmake
# Fetches what the lock file names, unless that is here already, and builds the pages.
file(LOCK ${PAGES}/.building GUARD PROCESS TIMEOUT 600) # two presets may be built at a time
set(stamp ${PAGES}/node_modules/.from)
file(SHA256 ${PAGES}/package-lock.json wanted)
set(here "")
if(EXISTS ${stamp})
    file(READ ${stamp} here)
endif()
if(NOT here STREQUAL wanted)
    # No package's own scripts are run: none of these needs them.
    execute_process(COMMAND ${NPM} ci --ignore-scripts --no-audit --no-fund --prefer-offline
                    WORKING_DIRECTORY ${PAGES} RESULT_VARIABLE failed OUTPUT_VARIABLE said ERROR_VARIABLE said)
    if(failed)
        message(FATAL_ERROR "${said}\nnpm could not fetch what the pages are built of. "
                            "Without the pages: cmake -D SAMPLAN_PAGES=OFF")
    endif()
    file(WRITE ${stamp} ${wanted})
endif()
execute_process(COMMAND ${NODE} node_modules/vite/bin/vite.js build --outDir ${DIST} --emptyOutDir --logLevel warn
                WORKING_DIRECTORY ${PAGES} RESULT_VARIABLE failed)
if(failed)
    message(FATAL_ERROR "the pages could not be built")
endif()
